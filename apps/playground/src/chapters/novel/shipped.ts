/** The model and the book that come with the page. */
import config from "../../../assets/novel/config.json";
import weights from "../../../assets/novel/model.safetensors?url";
import book from "../../../../trainer/assets/crime-and-punishment.txt.gz?url";

const absolute = (path: string) => new URL(path, document.baseURI).href;

export const shippedWriter = { config, weights: absolute(weights) };
export const shippedBook = { name: "Crime and Punishment", source: absolute(book) };
