export * from "./decision.ts";
export * from "./image.ts";
export * from "./pack.ts";
export * from "./persons.ts";
export * from "./predictor.ts";
export * from "./problems.ts";
export * from "./programme.ts";
export * from "./stores.ts";
