import { library } from "../../internal/build/tsup";

export default library();
