// Light or dark, as it was chosen under Settings, before anything is drawn: the page waits for this file. It imports nothing, and is no module.
{
  const chosen = localStorage.getItem('holdfast.appearance')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['appearance'] = chosen
}
