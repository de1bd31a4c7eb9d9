// The package comes without types; these are the settings that we use.
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Settings {
    domNode: HTMLElement;
    url: string;
    deepLinking: boolean;
    docExpansion: "none" | "list" | "full";
    validatorUrl: null;
    persistAuthorization: boolean;
  }
  export default function SwaggerUI(settings: Settings): unknown;
}
