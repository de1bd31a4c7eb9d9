// Before the page is drawn: the scheme that was chosen in this browser.

import { applyTheme, readTheme } from "./shared/theme";

applyTheme(readTheme());
