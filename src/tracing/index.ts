export { SdkTracer } from "./sdk-tracer.ts";
