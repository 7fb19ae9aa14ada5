import { expect, it } from "vitest";
import { bytes, compact, milliseconds, percent, short, visible, whole } from "./format";

it("prints numbers for people", () => {
  expect(percent(0.54821)).toBe("54.8%");
  expect([short(-2.34567), short(0.000012345), short(12345)]).toEqual(["−2.35", "1.23·10⁻⁵", "12,345"]);
  expect([bytes(0), bytes(999), bytes(1000), bytes(2.5e9)]).toEqual(["0 B", "999 B", "1 kB", "2.5 GB"]);
  expect([compact(512), compact(65_536), compact(1_048_576)]).toEqual(["512", "65.5k", "1.05M"]);
  expect(whole(1_048_576)).toBe("1,048,576");
  expect([milliseconds(0.04), milliseconds(3.21), milliseconds(321.4), milliseconds(2510)]).toEqual([
    "under 0.1 ms",
    "3.2 ms",
    "321 ms",
    "2.51 s",
  ]);
  expect([visible(" "), visible("x")]).toEqual(["␣", "x"]);
});
