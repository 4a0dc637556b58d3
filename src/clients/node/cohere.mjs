// Calls a server with Cohere's own client and prints what it got: one JSON object.
// node cohere.mjs URL
import { CohereClient, CohereClientV2, CohereError } from "cohere-ai";

const environment = process.argv[2];
const options = { environment, baseUrl: environment, token: "any-key-will-do-here", maxRetries: 0 };
const v1 = new CohereClient(options);
const v2 = new CohereClientV2(options);

const query = "How many people live in Berlin?";
const documents = [
  "Tea is made with hot water.",
  "New York City is famous for its museums.",
  "Berlin has a population of 3,520,031 registered inhabitants.",
];

async function refused(call) {
  try {
    return { answered: await call };
  } catch (error) {
    if (!(error instanceof CohereError)) throw error;
    return { kind: error.constructor.name, status: error.statusCode, body: error.body };
  }
}

const model = "rerank-v3.5";
const long = "tea and water and milk and sugar ".repeat(200);
const many = Array.from({ length: 500 }, (_, i) => `Berlin has ${i} million inhabitants.`);
const late = await v2.rerank(
  { model, query, documents: many },
  { headers: { "X-Tandem-Budget-Ms": "60" } },
);

console.log(
  JSON.stringify({
    v2: await v2.rerank({ model, query, documents }),
    v2Top: await v2.rerank({ model, query, documents, topN: 1 }),
    v2Long: await v2.rerank({ model, query, documents: [long, documents[2]], maxTokensPerDoc: 64 }),
    v2Late: { results: late.results.length, warnings: late.meta?.warnings },
    v1: await v1.rerank({ model, query, documents, returnDocuments: true, topN: 2 }),
    v1Objects: await v1.rerank({
      model,
      query,
      documents: [{ text: documents[0] }, { title: "Berlin", text: documents[2] }],
      rankFields: ["title", "text"],
      returnDocuments: true,
    }),
    empty: await refused(v2.rerank({ model, query, documents: [] })),
    zero: await refused(v2.rerank({ model, query, documents, topN: 0 })),
    blank: await refused(v1.rerank({ model, query: "", documents })),
    tooMany: await refused(v2.rerank({ model, query, documents: Array(1001).fill("a") })),
  }),
);
