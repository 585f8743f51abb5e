import { describe, expect, it } from "vitest";
import { createAddressOf } from "./caller-address.ts";

describe("the address of a caller", () => {
  it("is not what a caller writes into a header, without a trusted proxy or beside one", () => {
    expect(createAddressOf(undefined)("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
    expect(createAddressOf("10.0.0.0/8")("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
  });

  it("is the nearest one that no trusted proxy has, whatever stands before it", () => {
    const of = createAddressOf("10.0.0.0/8, 192.0.2.7");
    expect(of("10.1.2.3", "198.51.100.1")).toBe("198.51.100.1");
    expect(of("10.1.2.3", "1.1.1.1, 198.51.100.1, 192.0.2.7, 10.9.9.9")).toBe("198.51.100.1");
    expect(of("10.1.2.3", "10.0.0.1, 198.51.100.1")).toBe("198.51.100.1");
  });

  it("is the proxy itself where the header says nothing that can be an address", () => {
    const of = createAddressOf("10.0.0.0/8");
    for (const header of [undefined, "", "unknown", "1.2.3.4.5", "x".repeat(100_000), ",,,"])
      expect(of("10.1.2.3", header)).toBe("10.1.2.3");
    expect(of(undefined, "198.51.100.1")).toBe("");
  });

  it("follows no more than a few hops, of however many", () => {
    const of = createAddressOf("10.0.0.0/8");
    expect(of("10.0.0.1", Array(100_000).fill("10.0.0.2").join(","))).toBe("10.0.0.2");
  });

  it("is one for IPv4 in both of its forms, and one for a whole IPv6 network", () => {
    const of = createAddressOf("::1,fd00::/8");
    expect(of("::ffff:203.0.113.9", undefined)).toBe("203.0.113.9");
    expect(of("::1", "[2001:db8:1:2:ffff::1]")).toBe("2001:db8:1:2::/64");
    expect(of("fd00::5", "2001:DB8:1:2::9")).toBe("2001:db8:1:2::/64");
    expect(of("2001:db8::1%eth0", undefined)).toBe("2001:db8:0:0::/64");
  });
});
