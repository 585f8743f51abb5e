import { BlockList, isIP, isIPv6 } from "node:net";

/** Hops that are followed back: a header of thousands says nothing that a few do not. */
const hopsMax = 16;

/**
 * Where a request comes from: the nearest address that no trusted proxy has. What stands before that in the header was
 * written by the caller, and may be anything.
 */
export type AddressOf = (peer: string | undefined, forwardedFor: string | undefined) => string;

/** @param trusted CIDR ranges, separated by commas, as `readConfig` accepts them; none: the header is not looked at */
export function createAddressOf(trusted: string | undefined): AddressOf {
  const proxies = new BlockList();
  for (const each of (trusted ?? "").split(",")) {
    const [range = "", bits] = each.trim().split("/");
    if (range === "") continue;
    const family = isIPv6(range) ? "ipv6" : "ipv4";
    if (bits === undefined) proxies.addAddress(range, family);
    else proxies.addSubnet(range, Number(bits), family);
  }
  const isTrusted = (address: string): boolean => proxies.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  return (peer, forwardedFor) => {
    let address = plain(peer ?? "");
    const hops = (forwardedFor ?? "").split(",").slice(-hopsMax);
    while (isIP(address) !== 0 && isTrusted(address)) {
      const before = plain(hops.pop()?.trim() ?? "");
      // A proxy that does not say is itself the caller, as far as anybody knows.
      if (isIP(before) === 0) break;
      address = before;
    }
    return networkOf(address);
  };
}

/** IPv4 as it is, also where a socket for both families shows it as IPv6; without brackets. */
const plain = (address: string): string => address.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.)/i, "");

/** Who has one IPv6 address has the 2^64 others of its network as well. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right].slice(0, 4);
  return `${groups.map((each) => Number.parseInt(each, 16).toString(16)).join(":")}::/64`;
}
