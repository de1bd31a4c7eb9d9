// The page on which the description of the service can be read and tried.
//
// Without this script the page leads to the description itself.

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

const target = document.querySelector<HTMLElement>("#api");
const description = target?.dataset["description"];
if (target === null || description === undefined) throw new Error("expected #api on the page");

SwaggerUI({
  domNode: target,
  url: description,
  deepLinking: true,
  docExpansion: "list",
  // Nothing is asked of other hosts.
  validatorUrl: null,
  persistAuthorization: false,
});
