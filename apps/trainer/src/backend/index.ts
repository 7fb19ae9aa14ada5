export { openBackend } from "./open-backend";
