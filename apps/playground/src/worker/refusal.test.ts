import { InputError } from "@reformer-ts/internal-checks";
import { expect, it } from "vitest";
import { openModel } from "./models/open-model";
import { isRefusal } from "./refusal";

const mistake = { field: "prompt", given: "long", allowed: "shorter" };

it("is what has no room, in a sentence for the visitor", () => {
  const cause = Object.assign(new Error("no buffer is that large"), { name: "NoRoomError" });
  expect(isRefusal(new InputError(mistake, { cause }))).toBe(true);
  expect(isRefusal(cause)).toBe(false);
});

it("is neither a visitor's mistake nor a damaged file, whose error has a cause as well", async () => {
  expect(isRefusal(new InputError(mistake))).toBe(false);
  const damaged = {
    "config.json": new TextEncoder().encode('{"model_type":"reformer"}'),
    "pytorch_model.bin": new TextEncoder().encode("PK\x03\x04, and no archive after it"),
  };
  const error: unknown = await openModel(damaged, "the model").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).cause).toBeInstanceOf(Error);
  expect(isRefusal(error)).toBe(false);
});
