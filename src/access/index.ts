export { type AddressOf, createAddressOf } from "./caller-address.ts";
export { createKeyCheck, type KeyCheck } from "./key-check.ts";
export { LinkSigner } from "./link-signer.ts";
export { type Caller, RateLimiter, type RateStanding } from "./rate-limiter.ts";
export { type CallerKind, ratePolicies } from "./rate-policies.ts";
