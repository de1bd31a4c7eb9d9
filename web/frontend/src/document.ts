// The page of a document.

import { attachMentions } from "./shared/mentions";

attachMentions(document);
