import type { GatewayContext } from "../serving.ts";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A closed set: anybody may make up a method. */
export const methodName = (c: GatewayContext, other = "_OTHER"): string =>
  methods.has(c.req.method) ? c.req.method : other;
