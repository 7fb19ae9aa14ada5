export type { OpenedBackend } from "./backends";
export { BACKEND_CHOICES, openBackend } from "./open-backend";
