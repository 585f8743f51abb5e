export type { AlertWebSocket, WebSocketConstructor } from "./alert-socket.ts";
export {
  type Cancellable,
  createFoveaClient,
  type FoveaCase,
  type FoveaCaseFilter,
  type FoveaClient,
  type FoveaClientOptions,
  type FoveaSubject,
  type ScreenOptions,
} from "./client.ts";
export type { FoveaAlert } from "./follow-alerts.ts";
export { FoveaProblem, type FoveaProblemCode } from "./problem.ts";
export { retryAfterMaxS, triesMax } from "./retry.ts";
export type { components, operations, paths } from "./schema.ts";
