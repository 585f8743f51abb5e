export { createApp } from "./app.ts";
export { listen } from "./listen.ts";
export { openApiDocument } from "./openapi-document.ts";
export { problemMarkdown } from "./pages/problem-table.ts";
export type { GatewayDeps } from "./serving.ts";
