// Clients of the gateway, and what their failures say.
import { Code as CanonicalCode } from "../gen/google/rpc/code_pb";
import { BadRequestSchema, ErrorInfoSchema } from "../gen/google/rpc/error_details_pb";
import { Health } from "../gen/grpc/health/v1/health_pb";
import { ChatService } from "../gen/talk/v1/chat_pb";
import { RoomService } from "../gen/talk/v1/room_pb";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { ConnectError, type Interceptor, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";

export interface Account {
  /** The gateway, such as http://localhost:8080. */
  address: string;
  user: string;
  password: string;
  protocol: "Connect" | "gRPC-Web";
}

/** Clients for one account. They open no connection by themselves: the browser does, call by call. */
export function connectTo({ address, user, password, protocol }: Account, onCall: (call: CallReport) => void = () => {}) {
  const options = { baseUrl: address, defaultTimeoutMs: 40_000, interceptors: [signIn(user, password), report(onCall)] };
  const transport = protocol === "Connect" ? createConnectTransport(options) : createGrpcWebTransport(options);
  return {
    rooms: createClient(RoomService, transport),
    chat: createClient(ChatService, transport),
    health: createClient(Health, transport),
  };
}

export type Talk = ReturnType<typeof connectTo>;

/** Sends the credentials along with every call. */
function signIn(user: string, password: string): Interceptor {
  const basic = base64Encode(new TextEncoder().encode(`${user}:${password}`));
  return next => request => {
    request.header.set("authorization", `Basic ${basic}`);
    return next(request);
  };
}

/** How a call went, or that its stream has begun. */
export interface CallReport {
  rpc: string;
  outcome: string;
  milliseconds: number;
}

function report(onCall: (call: CallReport) => void): Interceptor {
  return next => async request => {
    const started = performance.now();
    const finish = (outcome: string) =>
      onCall({ rpc: `${request.service.name}/${request.method.name}`, outcome, milliseconds: Math.round(performance.now() - started) });
    try {
      const response = await next(request);
      finish(response.stream ? "STREAM" : "OK");
      return response;
    } catch (thrown) {
      finish(failureOf(thrown).code);
      throw thrown;
    }
  };
}

/** A failed call, with its google.rpc details. */
export interface Failure {
  /** As gRPC spells it: INVALID_ARGUMENT. */
  code: string;
  message: string;
  reason?: string;
  metadata: Record<string, string>;
  violations: { field: string; description: string }[];
  /** True if the browser got no answer that it may show to this page. */
  isUnanswered: boolean;
}

export function failureOf(thrown: unknown): Failure {
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [badRequest] = error.findDetails(BadRequestSchema);
  return {
    code: CanonicalCode[error.code],
    message: error.rawMessage,
    reason: info?.reason,
    metadata: info?.metadata ?? {},
    violations: badRequest?.fieldViolations ?? [],
    isUnanswered: error.cause instanceof TypeError,
  };
}
