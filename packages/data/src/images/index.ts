export { contactSheet } from "./contact-sheet";
export { decodeImage } from "./decode";
export { type Image, type ImageSize, createImage, imageOf, toColor, toGray } from "./image";
export { decodeJpeg } from "./jpeg";
export { decodePng, encodePng } from "./png";
export { fit, resize } from "./resize";
