export { decodePolicy, encodePolicy, isEmptyPolicy, parsePolicy, policyWords, POLICY_FLAGS } from './policy.ts'
export { type PolicyFlag, type PolicyWords, type RetentionPolicy } from './policy.ts'
export { decide, type Decision, type Protections, type RetainableVersion, type Verdict } from './retention.ts'
