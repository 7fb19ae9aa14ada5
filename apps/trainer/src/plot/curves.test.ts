import { describe, expect, it } from "vitest";
import type { Metrics } from "../run/metrics";
import { drawCurves, smooth } from "./curves";

function metricsOf(steps: number): Metrics[] {
  return Array.from({ length: steps }, (_, i): Metrics[] => {
    const step = i + 1;
    const bits = 2.2 + 5.8 * Math.exp(-i / 25) + 2 / Math.sqrt(step) + 0.2 * Math.sin(i * 12.9898);
    const spent = { step, tokens: step * 4096, seconds: step * 0.5 };
    const line: Metrics = {
      ...spent,
      "train/loss": bits * Math.LN2,
      "train/bitsPerByte": bits,
      learningRate: 1e-3,
      tokensPerSecond: 8192,
      memory: 1e9,
    };
    return step % 50 === 0 ? [line, { ...spent, "heldOut/bitsPerByte": bits + 0.1, whole: false }] : [line];
  }).flat();
}

describe("drawCurves", () => {
  it("draws one path per line and one dot per evaluation", () => {
    const svg = drawCurves([{ path: "runs/novel", metrics: metricsOf(500) }]);
    expect(svg.match(/<path /g)).toHaveLength(3);
    expect(svg.match(/<circle /g)).toHaveLength(10);
    expect(svg).toContain("Learning curve of novel");
    expect(svg).toContain("tokens seen");
  });

  it("keeps names of folders out of the markup", () => {
    const svg = drawCurves([{ path: 'runs/<script>"&', metrics: metricsOf(60) }]);
    expect(svg).not.toContain("<script>");
    expect(svg).toContain("&lt;script&gt;&quot;&amp;");
  });

  it("draws a run that has not begun", () => {
    expect(drawCurves([{ path: "runs/new", metrics: [] }])).toMatch(/^<svg .*<\/svg>$/s);
  });

  it("never writes NaN or Infinity into a path", () => {
    const svg = drawCurves(
      [
        { path: "a", metrics: metricsOf(1) },
        { path: "b", metrics: metricsOf(300) },
      ],
      { against: "minutes" },
    );
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe("smooth", () => {
  it("leaves a constant as it is, from the first point on", () => {
    const points = Array.from({ length: 100 }, (_, x) => [x, 3] as const);
    for (const [, y] of smooth(points)) expect(y).toBeCloseTo(3, 12);
  });
});
