export { Dispatcher } from "./dispatcher.ts";
export { type Provider, subjects } from "./messages.ts";
export { NatsBus } from "./nats-bus.ts";
export { ServedNode, type ServedNodeOptions } from "./served-node.ts";
