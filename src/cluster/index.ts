export type { Bus, BusReply, ImageExchange } from "./bus.ts";
export { BusInputs } from "./bus-inputs.ts";
export { BusNews } from "./bus-news.ts";
export { DispatchCore, localName } from "./dispatch-core.ts";
export { Dispatcher } from "./dispatcher.ts";
export type { Effect } from "./effect.ts";
export { type Heartbeat, heldPacksMax, type Provider, subjects } from "./messages.ts";
export { NatsBus } from "./nats-bus.ts";
export type { Outcome } from "./outcome.ts";
export { PackCache, sha256Of } from "./pack-cache.ts";
export {
  type AskedPack,
  manifestBytesMax,
  type PackExchange,
  PackFault,
  type PackObject,
  type PackOffer,
} from "./pack-exchange.ts";
export { PackHolder } from "./pack-holder.ts";
export { PackPublisher } from "./pack-publisher.ts";
export { type NodeRoll, PackRoll } from "./pack-roll.ts";
export { ServedNode, type ServedNodeOptions } from "./served-node.ts";
