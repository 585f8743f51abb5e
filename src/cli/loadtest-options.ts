import {
  type ArrivalPlan,
  giveUpMsDefault,
  type LoadTestSettings,
  openMaxDefault,
  type ScenarioName,
  type ScenarioOptions,
  scenarios,
} from "../loadtest/index.ts";

const names = Object.keys(scenarios) as ScenarioName[];
const arrivals = ["poisson", "constant", "steps", "burst"] as const;
const programmeDefault = "cataract";
/** That of the cataract source system, between two requests of one user. */
const userPauseMs = 100;

export const loadTestArgs = {
  url: { type: "string", description: "The server; its key comes from API_KEY", default: "http://127.0.0.1:8000" },
  image: { type: "string", description: "An image file, or a folder of them" },
  scenario: { type: "string", description: `One of ${names.join(", ")}; default: open, or closed with --num_users` },
  path: { type: "string", description: `Where an image is posted; default: cases of ${programmeDefault}` },
  field: { type: "string", description: "Name of the form's part that carries the image", default: "image" },
  rate: { type: "string", description: "Requests a second; default for other scenarios: a share of the peak" },
  seconds: { type: "string", description: "Of each timed phase", default: "10" },
  arrivals: { type: "string", description: `Of scenario open: ${arrivals.join(", ")}`, default: "poisson" },
  rates: { type: "string", description: "With --arrivals steps: the rates, separated by commas" },
  burst: { type: "string", description: "With --arrivals burst: how many at once, every two seconds", default: "20" },
  rounds: { type: "string", description: "How often scenarios that compare do so", default: "3" },
  "batch-images": { type: "string", description: "Images of one batch", default: "16" },
  clients: { type: "string", description: "Of scenario closed", default: "8" },
  "pause-ms": {
    type: "string",
    description: `Between two requests of a client; default: 0, ${userPauseMs} with --num_users`,
  },
  num_users: { type: "string", description: "As --clients, by the name of the cataract source system" },
  requests_per_user: { type: "string", description: "Requests of each client, in place of --seconds" },
  image_path: { type: "string", description: "As --image" },
  "give-up-ms": { type: "string", description: "When a client hangs up", default: String(giveUpMsDefault) },
  "open-max": {
    type: "string",
    description: "Most requests open at once; more are counted as not sent",
    default: String(openMaxDefault),
  },
  seed: { type: "string", description: "Of the times at which requests are due", default: "1" },
  out: { type: "string", description: "File for the report as JSON" },
  html: { type: "string", description: "File for the report as a page that needs nothing else" },
  json: { type: "boolean", description: "The report as JSON on stdout" },
  check: { type: "boolean", description: "Exit with 1 when a goal is missed" },
  compare: { type: "string", description: "Two reports: --compare before.json after.json" },
} as const;

type Texts = { readonly [name in keyof typeof loadTestArgs]?: string | boolean | undefined };
/** What the command line gave. */
export type LoadTestArgs = { readonly [name in Exclude<keyof Texts, "json" | "check">]?: string | undefined } & {
  readonly json?: boolean | undefined;
  readonly check?: boolean | undefined;
  readonly _: readonly string[];
};

/** The command line is wrong. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

export interface LoadTestOptions extends Pick<LoadTestSettings, "target" | "seed" | "openMax" | "giveUpMs"> {
  readonly scenario: ScenarioName;
  readonly image: string;
  readonly options: ScenarioOptions;
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new OptionError(`--${name} must be a number from ${least} to ${most}`);
}

const wholeOf = (name: string, text: string, least: number, most: number): number =>
  Math.floor(numberOf(name, text, least, most));

/** @throws {OptionError} */
export function readOptions(args: LoadTestArgs): LoadTestOptions {
  const image = args.image ?? args.image_path;
  if (image === undefined) throw new OptionError("--image names an image file or a folder of them");
  const isUsers = args.num_users !== undefined || args.requests_per_user !== undefined;
  const scenario = (args.scenario ?? (isUsers ? "closed" : "open")) as ScenarioName;
  if (!names.includes(scenario)) throw new OptionError(`--scenario is one of ${names.join(", ")}`);
  const seconds = numberOf("seconds", args.seconds ?? "", 0.5, 86_400);
  const rate = args.rate === undefined ? undefined : numberOf("rate", args.rate, 0.01, 100_000);
  const each = args.requests_per_user;
  return {
    scenario,
    image,
    target: {
      url: originOf(args.url ?? ""),
      path: args.path ?? `/v1/programmes/${programmeDefault}/cases`,
      field: args.field ?? "image",
      apiKey: process.env["API_KEY"] || undefined,
    },
    seed: wholeOf("seed", args.seed ?? "", 0, 2 ** 31),
    openMax: wholeOf("open-max", args["open-max"] ?? "", 1, 20_000),
    giveUpMs: numberOf("give-up-ms", args["give-up-ms"] ?? "", 1, 600_000),
    options: {
      seconds,
      rate,
      rounds: wholeOf("rounds", args.rounds ?? "", 1, 100),
      batchImages: wholeOf("batch-images", args["batch-images"] ?? "", 1, 256),
      plan: scenario === "open" ? planOf(args, rate, seconds) : undefined,
      clients: wholeOf("num_users", args.num_users ?? args.clients ?? "", 1, 10_000),
      requestsPerClient: each === undefined ? undefined : wholeOf("requests_per_user", each, 1, 1e6),
      pauseMs: numberOf("pause-ms", args["pause-ms"] ?? String(isUsers ? userPauseMs : 0), 0, 60_000),
    },
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new OptionError("--url must be an http or https URL");
  return url.origin;
}

function planOf(args: LoadTestArgs, rate: number | undefined, seconds: number): ArrivalPlan {
  const kind = arrivals.find((each) => each === args.arrivals);
  if (kind === undefined) throw new OptionError(`--arrivals is one of ${arrivals.join(", ")}`);
  if (kind === "steps") {
    const rates = (args.rates ?? "").split(",").map((each) => numberOf("rates", each, 0, 100_000));
    return { kind, rates, seconds };
  }
  if (rate === undefined) throw new OptionError("--rate says how many requests a second");
  if (kind !== "burst") return { kind, rate, seconds };
  return { kind, rate, seconds, burst: wholeOf("burst", args.burst ?? "", 1, 10_000), everySeconds: 2 };
}
