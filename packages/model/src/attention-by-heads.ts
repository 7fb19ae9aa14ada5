/**
 * Attention that takes its heads one after another: the projections, outputs and gradients of a single head exist at a
 * time. What the layer adds to its stream is a sum over heads, so nothing else changes but the order of additions.
 */
import { add, concat, dispose, keep, slice, type Tensor } from "@tensorflow/tfjs-core";
import {
  inPlaceOf,
  type GradientSink,
  type InPlace,
  type Kept,
  type Residual,
} from "@reformer-ts/reversible";
import { attention } from "./attention";
import { attentionMechanism } from "./attention-mechanism";
import type { ReformerConfig } from "./config";
import { keepIntegers, type KeptIntegers } from "./kept-integers";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";

/** Dropped weights are drawn by head, all heads together: there, and with a single head, nothing is to be split. */
export function splitsHeads(config: ReformerConfig, pass: Pass): boolean {
  const { lshDropout, localDropout } = dropoutRates(config, pass);
  return pass.headByHead === true && config.numHeads > 1 && lshDropout === 0 && localDropout === 0;
}

/** @param layer index of the layer, from the input up */
export function attentionByHeads(
  config: ReformerConfig,
  parameters: Parameters,
  layer: number,
  pass: Pass,
): Residual {
  const prefix = `layers.${layer}.attention`;
  const single = { ...config, numHeads: 1 };
  const heads = Array.from({ length: config.numHeads }, (_, head) => head);

  /** Lends the attention layer of one head. */
  const withHead = <Result>(head: number, use: (half: Residual) => Result): Result => {
    const view = headParameters(parameters, prefix, config.numHeads, head);
    const mechanism = attentionMechanism(single, layer, pass, { head, of: config.numHeads });
    const result = use(attention(single, view, prefix, mechanism, pass));
    view.dispose();
    return result;
  };
  const savedOf = <Each>(saved: readonly Each[], head: number) => (saved.length > 0 ? [saved[head]!] : []);

  const inPlace: InPlace = {
    add(stream, x, seed) {
      const saved: KeptIntegers[] = [];
      const sum = heads.reduce((before, head) => {
        const added = withHead(head, (half) => inPlaceOf(half).add(before, x, seed));
        saved.push(...(added.saved as Tensor[]).map(keepIntegers));
        return added.sum;
      }, stream);
      return { sum, saved };
    },
    undo(stream, gradient, { x, dy, saved, seed, sink }) {
      const joined = joiningSink(prefix);
      const undone = heads.reduce(
        ({ rebuilt: before, gradient: soFar }, head) =>
          withHead(head, (half) => {
            const restored = savedOf(saved as readonly KeptIntegers[], head).map((kept) => kept.restore());
            const given = { x, dy, saved: restored, seed, sink: joined.sink };
            const result = inPlaceOf(half).undo(before, soFar, given);
            dispose(restored);
            return result;
          }),
        { rebuilt: stream, gradient },
      );
      joined.flush(sink);
      return undone;
    },
  };

  return {
    inPlace,
    forward(x, seed) {
      const saved: Tensor[] = [];
      const ys = heads.map((head) => {
        const ran = withHead(head, (half) => half.forward(x, seed));
        saved.push(...ran.saved);
        return ran.y;
      });
      return { y: total(ys), saved };
    },
    forwardAndGrad(x, dy, saved, seed, sink) {
      const joined = joiningSink(prefix);
      const ran = heads.map((head) =>
        withHead(head, (half) => half.forwardAndGrad(x, dy, savedOf(saved, head), seed, joined.sink)),
      );
      joined.flush(sink);
      return { y: total(ran.map(({ y }) => y)), dx: total(ran.map(({ dx }) => dx)) };
    },
    /** What is kept is that of all heads: a layer that has the room for it runs them together. */
    keep(x, seed): Kept {
      const mechanism = attentionMechanism(config, layer, pass);
      return attention(config, parameters, prefix, mechanism, pass).keep(x, seed);
    },
  };
}

/** Where a parameter of the layer has its heads; those without, the norm's, serve all of them. */
function headAxis(name: string): number | null {
  if (/\.norm\./.test(name)) return null;
  return /\.(output|\w+Bias|memoryKeys|memoryValues)$/.test(name) ? 0 : 1;
}

/** One head's share of a layer's parameters. It owns what it cut out, which outlives the tidy where it is first asked for. */
export function headParameters(
  given: Parameters,
  prefix: string,
  numHeads: number,
  head: number,
): Parameters {
  const cut = new Map<string, Tensor>();
  return {
    ...given,
    get(name) {
      const axis = name.startsWith(`${prefix}.`) ? headAxis(name) : null;
      if (axis === null) return given.get(name);
      if (!cut.has(name)) cut.set(name, keep(headOf(given.get(name), axis, numHeads, head)));
      return cut.get(name)!;
    },
    dispose() {
      for (const tensor of cut.values()) tensor.dispose();
    },
  };
}

function headOf(weight: Tensor, axis: number, numHeads: number, head: number): Tensor {
  const size = weight.shape[axis]! / numHeads;
  const at = (value: number, others: number) => weight.shape.map((_, i) => (i === axis ? value : others));
  return slice(weight, at(head * size, 0), at(size, -1));
}

/** Gathers what the heads, in their order, give for each parameter, and hands on one gradient for each. */
function joiningSink(prefix: string): { sink: GradientSink; flush(into: GradientSink): void } {
  const parts = new Map<string, Tensor[]>();
  return {
    sink: (name, gradient) => void parts.set(name, [...(parts.get(name) ?? []), gradient]),
    flush(into) {
      for (const [name, gradients] of parts) {
        const axis = name.startsWith(prefix) ? headAxis(name) : null;
        if (axis === null) {
          into(name, total(gradients));
          continue;
        }
        into(name, concat(gradients, axis));
        for (const gradient of gradients) gradient.dispose();
      }
    },
  };
}

/** The sum. Takes its terms. */
function total(terms: Tensor[]): Tensor {
  return terms.reduce((sum, term) => {
    const next = add(sum, term);
    sum.dispose();
    term.dispose();
    return next;
  });
}
