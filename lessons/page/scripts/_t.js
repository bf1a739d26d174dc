import { Engine } from "./engine.js";
window.engine = new Engine("engine");
