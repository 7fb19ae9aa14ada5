export { BACKEND_CHOICES, openBackend } from "./open-backend";
