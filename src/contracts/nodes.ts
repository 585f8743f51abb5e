/** How a node stands, as this gateway sees it. `suspect`: silent for 3 s; `resting`: failed again and again. */
export type NodeState = "starting" | "ready" | "suspect" | "resting" | "draining" | "dead";

/** One of the gateways on a database. */
export interface GatewayView {
  readonly name: string;
  /** The one that answers. */
  readonly here: boolean;
  /** What it alone does for all of them. */
  readonly leads: readonly string[];
}

/** How one pack stands at an engine. `later`: loaded at its first task; `loading`: also while its files are fetched. */
export const nodePackStates = ["loaded", "later", "loading", "failed"] as const;

export interface NodePack {
  /** Absent for a pack that this gateway does not know. */
  readonly id?: string;
  readonly digest: string;
  readonly state: (typeof nodePackStates)[number];
  /** Why it is not served, by a code of docs/protocol.md and in words; only with `failed`. */
  readonly code?: string;
  readonly detail?: string;
}

/** One engine that cases can be sent to: the one of this server or a node. */
export interface NodeView {
  readonly name: string;
  /** The engine of this server itself. */
  readonly local: boolean;
  readonly state: NodeState;
  readonly version?: string;
  /** What its sessions run on; unknown of the local engine while it starts. */
  readonly provider?: string;
  /** Images it reads at the same time. */
  readonly slots: number;
  /** Digests of packs that are loaded, and of those that would be loaded at their first task; absent for the local engine. */
  readonly packs?: readonly string[];
  readonly later?: readonly string[];
  /** Every pack of it, with its id where this gateway knows it. */
  readonly models?: readonly NodePack[];
  /** Pack files that it refused since its start; absent for one that takes none. */
  readonly refused?: number;
  /** Most that this gateway may have open there, and what it has. */
  readonly creditItems: number;
  readonly openItems: number;
  /** What it was asked for by anybody, as it said last. */
  readonly load: number;
  /** By pack set: its n-th open image is answered after `fixedMs + itemMs * n`. */
  readonly costs: readonly { readonly packs: readonly string[]; readonly fixedMs: number; readonly itemMs: number }[];
  /** Since the last heartbeat, ms; absent for the local engine. */
  readonly silentMs?: number;
}
