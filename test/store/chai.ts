// What `interface-blockstore-tests` takes from a package it does not name as its dependency: chai, with promises, and with
// assertions that are called (`to.be.true()`).

import * as chai from 'chai'
import chaiAsPromised from 'chai-as-promised'

chai.use(chaiAsPromised)
chai.use(({ Assertion }) => {
  for (const name of ['ok', 'true', 'false']) {
    Assertion.overwriteProperty(name, (assert: (this: unknown) => void) => {
      return function (this: object) {
        assert.call(this)
        return () => this
      }
    })
  }
})
export const { expect } = chai
