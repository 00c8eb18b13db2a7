// What the tests share: where the gateways are, clients with promises instead of callbacks, and readable failures.
import {
  type CallOptions, type ChannelCredentials, type ClientOptions, type ClientUnaryCall, Metadata, type ServiceError, credentials,
} from "@grpc/grpc-js";
import { CallServiceClient } from "../generated/talk/v1/call.js";
import { CapabilitiesServiceClient } from "../generated/talk/v1/capabilities.js";
import { ChatServiceClient } from "../generated/talk/v1/chat.js";
import { GuestServiceClient } from "../generated/talk/v1/guest.js";
import { ParticipantServiceClient } from "../generated/talk/v1/participant.js";
import { RoomServiceClient } from "../generated/talk/v1/room.js";
import { BadRequest, ErrorInfo } from "../generated/google/rpc/error_details.js";
import { Status } from "../generated/google/rpc/status.js";

/** Gateways under test by the Talk version that their simulator plays, such as "25" → "127.0.0.1:40001". */
export const gateways: ReadonlyMap<string, string> = new Map(
  (process.env.TALK_GATEWAYS ?? "").split(" ").filter(Boolean).map(entry => {
    const [profile, address] = entry.split("=");
    return [profile, new URL(address).host];
  }));

/** The gateway in front of one simulator profile. */
export function gatewayOf(profile: string): string {
  const address = gateways.get(profile);
  if (address === undefined) {
    throw new Error(`TALK_GATEWAYS names no gateway for Talk ${profile}: run ./test node`);
  }
  return address;
}

type Unary<Request, Answer> = (
  request: Request, metadata: Metadata, options: Partial<CallOptions>,
  callback: (error: ServiceError | null, answer: Answer) => void) => ClientUnaryCall;

type ClientConstructor<Client> = new (address: string, credentials: ChannelCredentials, options: ClientOptions) => Client;

/** A caller of the gateway: an account of the simulator, whose password is its name, or a guest. */
export class Caller {
  readonly rooms: RoomServiceClient;
  readonly participants: ParticipantServiceClient;
  readonly calls: CallServiceClient;
  readonly chat: ChatServiceClient;
  readonly guests: GuestServiceClient;
  readonly capabilities: CapabilitiesServiceClient;

  /** What JoinRoom and JoinCall answered: from then on it goes with every call. */
  session = "";

  private readonly closed: (() => void)[] = [];

  constructor(address: string, private readonly user?: string, private readonly password = user, options: ClientOptions = {}) {
    const open = <Client extends { close(): void }>(type: ClientConstructor<Client>) => {
      const client = new type(address, credentials.createInsecure(), options);
      this.closed.push(() => client.close());
      return client;
    };
    this.rooms = open(RoomServiceClient);
    this.participants = open(ParticipantServiceClient);
    this.calls = open(CallServiceClient);
    this.chat = open(ChatServiceClient);
    this.guests = open(GuestServiceClient);
    this.capabilities = open(CapabilitiesServiceClient);
  }

  /** Makes one call. Without a deadline of its own it has ten seconds, so that no test hangs. */
  ask<Request, Answer>(
    client: object, method: Unary<Request, Answer>, request: Request,
    options: Partial<CallOptions> = {}, cancellation?: AbortSignal): Promise<Answer> {
    const metadata = new Metadata();
    if (this.user !== undefined) {
      metadata.set("authorization", `Basic ${Buffer.from(`${this.user}:${this.password}`).toString("base64")}`);
    }
    if (this.session !== "") {
      metadata.set("talk-session", this.session);
    }
    return new Promise((resolve, reject) => {
      const call = method.call(client, request, metadata, { deadline: Date.now() + 10_000, ...options }, (error, answer) => {
        if (error === null) {
          resolve(answer);
        } else {
          reject(error);
        }
      });
      cancellation?.addEventListener("abort", () => call.cancel());
    });
  }

  close(): void {
    this.closed.forEach(close => close());
  }
}

/** The failure of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error(`The call was answered: ${JSON.stringify(answer, (_, value) => typeof value === "bigint" ? `${value}` : value)}`);
}

/** The google.rpc details that came with a failure. */
export function detailsOf(failure: ServiceError): { info?: ErrorInfo; badRequest?: BadRequest } {
  const [encoded] = failure.metadata.get("grpc-status-details-bin");
  const status = Status.decode(encoded as Buffer);
  const find = <T>(name: string, decode: (bytes: Uint8Array) => T) => {
    const detail = status.details.find(any => any.typeUrl === `type.googleapis.com/google.rpc.${name}`);
    return detail && decode(detail.value);
  };
  return { info: find("ErrorInfo", bytes => ErrorInfo.decode(bytes)), badRequest: find("BadRequest", bytes => BadRequest.decode(bytes)) };
}
