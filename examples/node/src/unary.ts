import type { CallOptions, Client, ClientUnaryCall, Metadata, ServiceError } from "@grpc/grpc-js";

type UnaryMethod<Request, Answer> = (
  request: Request, metadata: Metadata, options: Partial<CallOptions>,
  callback: (error: ServiceError | null, answer: Answer) => void) => ClientUnaryCall;

/** Makes a generated method, which takes a callback, one that answers a promise. A call without a deadline of its own has 40 seconds. */
export function unary<Request, Answer>(client: Client, method: UnaryMethod<Request, Answer>, metadata: Metadata) {
  return (request: Request, options: Partial<CallOptions> = {}) => new Promise<Answer>((resolve, reject) => {
    method.call(client, request, metadata, { deadline: Date.now() + 40_000, ...options },
      (error, answer) => error ? reject(error) : resolve(answer));
  });
}
