/** The README of a saved model: what it is, on what it was trained, how to run it. */
import type { ReformerConfig } from "../config";
import { countParameters } from "../parameters";

export interface CardDetails {
  /** On what it was trained, in words. */
  trainedOn?: string;
  /** Figures by name, such as `held-out bits per byte`. */
  figures?: Readonly<Record<string, string>>;
  /** Which text a token is. */
  tokens?: "bytes" | "subwords";
}

export function modelCard(config: ReformerConfig, { trainedOn, figures = {}, tokens }: CardDetails): string {
  const rows = Object.entries({ ...shapeRows(config), ...figures });
  return [
    "---",
    "library_name: transformers",
    ...(config.head === "tokens" && config.causal ? ["pipeline_tag: text-generation"] : []),
    "tags:",
    "- reformer",
    "- reformer-ts",
    "---",
    "",
    "# A Reformer",
    "",
    `Trained with [reformer-ts](https://www.npmjs.com/package/@reformer-ts/model)${trainedOn ? ` on ${trainedOn}` : ""}.`,
    "",
    "| | |",
    "| --- | --- |",
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    ...usage(tokens),
    "",
  ].join("\n");
}

function shapeRows(config: ReformerConfig): Record<string, string> {
  return {
    parameters: countParameters(config).toLocaleString("en"),
    layers: config.layers.join(", "),
    width: `${config.dModel}, feed-forward ${config.dFF}`,
    heads: `${config.numHeads} of ${config.dHead}`,
    "longest sequence": `${config.maxLength.toLocaleString("en")} tokens`,
    vocabulary: `${config.vocabSize}`,
  };
}

function usage(tokens: CardDetails["tokens"]): string[] {
  if (tokens !== "bytes") return [];
  return [
    "Tokens are the bytes of UTF-8:",
    "",
    "```python",
    "import torch",
    "from transformers import ReformerModelWithLMHead",
    "",
    'model = ReformerModelWithLMHead.from_pretrained(".").eval()',
    'prompt = torch.tensor([list("It was ".encode())])',
    "written = model.generate(prompt, max_new_tokens=100)[0].tolist()",
    'print(bytes(written).decode(errors="replace"))',
    "```",
  ];
}
