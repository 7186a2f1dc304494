// The one bundle of every page.
import "@tabler/core/dist/css/tabler.min.css";
import "./tokens.css";
import "./components.css";
import "./grown.css";
import "./dynamic.css";
import "./insight.css";
import "./print.css";

import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";

import "./behaviours/menus.js";
import "./behaviours/dialogs.js";
import "./behaviours/theme.js";
import "./behaviours/fields.js";
import "./behaviours/forms.js";
import "./behaviours/drafts.js";
import "./behaviours/selection.js";
import "./behaviours/keyboard.js";
import "./behaviours/toasts.js";
import "./behaviours/parts.js";
import "./behaviours/live.js";
import "./behaviours/small.js";
import "./behaviours/dynamic.js";
import "./elements/upload.js";
import { register } from "./components.js";

window.htmx = htmx;
window.Alpine = Alpine;
register(Alpine);
Alpine.start();
