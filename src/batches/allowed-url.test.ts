import { describe, expect, it } from "vitest";
import { allowedUrl, isPublic, urlRules } from "./allowed-url.ts";

describe("an address is public", () => {
  it.each(["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"])(
    "%s",
    (each) => expect(isPublic(each)).toBe(true),
  );
});

describe("an address is not public", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:1.1.1.1",
    "64:ff9b::a00:1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::",
    "no address",
  ])("%s", (each) => expect(isPublic(each)).toBe(false));
});

describe("rules for addresses", () => {
  const rules = urlRules("images.example.org,[2606:4700::1111],10.0.0.5:9000,[::1]:8080");

  it.each([
    "https://images.example.org/a.jpg",
    "http://images.example.org/a.jpg?x=1",
    "https://IMAGES.example.org:443/",
    "https://[2606:4700::1111]/",
    "http://10.0.0.5:9000/a",
    "http://[::1]:8080/a",
  ])("allow %s", (url) => expect(allowedUrl(url, rules).url.hostname).not.toBe(""));

  it.each([
    "https://images.example.org:8443/",
    "https://images.example.org./",
    "https://images.example.org.evil.net/",
    "https://evil.net/images.example.org",
    "https://images.example.org@evil.net/",
    "https://user@images.example.org/",
    "http://10.0.0.5/",
    "http://[::1]/",
    "gopher://images.example.org/",
  ])("refuse %s", (url) => expect(() => allowedUrl(url, rules)).toThrowError(/refused/));

  it("allow nothing where nothing is listed", () =>
    expect(() => allowedUrl("https://images.example.org/", urlRules(undefined))).toThrowError(/refused/));
});
