// Style sheets of packages are imported for the builder, which writes them beside the script.
declare module "*.css";
