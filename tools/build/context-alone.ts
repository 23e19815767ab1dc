// In an Action's bundle, for who asks @actions/github for its context: the package's own, without its client, whose loading
// would take each Action 50 ms of its start.
import { Context } from "../../node_modules/@actions/github/lib/context.js";

export const context = new Context();
