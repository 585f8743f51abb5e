import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Problem } from "../contracts/index.ts";

/** Which addresses outside may be asked for images, or be told of the end of a batch. */
export interface UrlRules {
  /** Hosts on the usual ports of http and https, and only where they are public. */
  readonly hosts: ReadonlySet<string>;
  /** `host:port`, also on this machine or a private network: whoever wrote the port down meant it. */
  readonly hostPorts: ReadonlySet<string>;
}

/** @param list as BATCH_URL_HOSTS has it; undefined: nothing is allowed */
export function urlRules(list: string | undefined): UrlRules {
  const entries = (list ?? "").split(",").filter((each) => each !== "");
  const hasPort = (entry: string): boolean => /:\d+$/.test(entry) && !entry.endsWith("]");
  return {
    hosts: new Set(entries.filter((each) => !hasPort(each))),
    hostPorts: new Set(entries.filter(hasPort)),
  };
}

export interface AllowedUrl {
  readonly url: URL;
  /** Looks the name up for the connection itself, so that what was judged is what is connected to. */
  readonly lookup: LookupFunction;
}

const usualPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** @throws {Problem} url-refused */
export function allowedUrl(text: string, rules: UrlRules): AllowedUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usualPort = url && usualPorts[url.protocol];
  if (url === undefined || usualPort === undefined) throw refused("it is no address of http or https");
  if (url.username !== "" || url.password !== "") throw refused("it holds a user or password");
  const port = url.port || usualPort;
  const isMeant = rules.hostPorts.has(`${url.hostname}:${port}`);
  if (!isMeant && !(rules.hosts.has(url.hostname) && port === usualPort))
    throw refused("its host is not one that BATCH_URL_HOSTS allows");
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && !isMeant && !isPublic(literal)) throw refused("it is not public");
  return { url, lookup: isMeant ? (lookup as LookupFunction) : publicLookup };
}

/** Fails when any of a name's addresses is not public: which one is connected to is not ours to choose. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const first = addresses[0];
    if (first === undefined || !addresses.every(({ address }) => isPublic(address)))
      return callback(refused("its host is not public") as unknown as NodeJS.ErrnoException, "", 0);
    if (options.all === true) (callback as (error: null, all: typeof addresses) => void)(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** RFC 6890 and what came after it. */
const special4: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Of the space that is given out: tunnels that hide another address, protocols, documentation. */
const special6: readonly (readonly [network: string, bits: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const closed = new BlockList();
for (const [network, bits] of special4) closed.addSubnet(network, bits, "ipv4");
for (const [network, bits] of special6) closed.addSubnet(network, bits, "ipv6");
const given = new BlockList();
given.addSubnet("2000::", 3, "ipv6");

/** True for an address that anybody on the internet could reach. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, "ipv4");
  return family === 6 && given.check(address, "ipv6") && !closed.check(address, "ipv6");
}

const refused = (reason: string): Problem =>
  new Problem("url-refused", { detail: `The address is refused: ${reason}.` });
