/*
 * Stands in for zod's messages in other languages than English, which nothing shows: half of zod, in each Action's start.
 */
export {};
