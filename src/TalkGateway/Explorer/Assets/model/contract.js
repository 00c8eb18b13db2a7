// The contract as the gateway describes it: services, rpcs, messages and enums, with their comments.

/**
 * @typedef {object} Field
 * @property {string} name       as the .proto file has it
 * @property {string} jsonName
 * @property {string} [comment]
 * @property {string} type       "string", "int64", "message", "enum" …; of a map that of its values
 * @property {string} [typeName] of a message or an enum
 * @property {string} [mapKey]   type of the keys of a map
 * @property {boolean} [repeated]
 * @property {boolean} [presence] whether unset is something else than the zero value
 * @property {string} [oneof]
 * @property {boolean} [deprecated]
 * @property {{ rules?: object, knownWhen?: object, needs?: object }} [annotation]
 *
 * @typedef {object} Message
 * @property {string} name
 * @property {string} [comment]
 * @property {Field[]} fields
 *
 * @typedef {object} Enum
 * @property {string} name
 * @property {{ name: string, number: number, comment?: string, deprecated?: boolean }[]} values
 */

/** An rpc. */
export class Method {
  constructor(service, description) {
    /** @type {string} */ this.name = description.name;
    /** Full name of its service. @type {string} */ this.service = service.name;
    /** What follows the gateway's address. */ this.path = `${service.name}/${description.name}`;
    /** @type {string} */ this.comment = description.comment ?? "";
    /** @type {string} */ this.input = description.input;
    /** @type {string} */ this.output = description.output;
    this.isStream = description.serverStreaming === true;
    this.takesStream = description.clientStreaming === true;
    this.isDeprecated = description.deprecated === true;
    this.onlyReads = description.noSideEffects === true;
    this.isIdempotent = description.idempotent === true;
    /** How it maps onto the server's API (ocs.v1.Operation); none for the gateway's own. @type {any} */
    this.operation = description.operation;
  }

  /** The kind of effect, in one word for lists. */
  get effect() {
    if (this.isStream) {
      return "streams";
    }
    // What maps to no operation is the gateway's own, and has none.
    return this.onlyReads || !this.operation ? "reads" : "writes";
  }
}

/** Everything that can be called. */
export class Contract {
  #messages;
  #enums;
  #byPath;

  constructor({ services, messages, enums }) {
    /** @type {{ name: string, comment: string, methods: Method[] }[]} */
    this.services = services.map(service => ({
      name: service.name,
      comment: service.comment ?? "",
      methods: service.methods.map(method => new Method(service, method)),
    }));
    this.methods = this.services.flatMap(service => service.methods);
    this.#messages = messages;
    this.#enums = enums;
    this.#byPath = new Map(this.methods.map(method => [method.path, method]));
  }

  /** The rpc of a path such as "talk.v1.RoomService/ListRooms". @returns {Method | undefined} */
  find(path) {
    return this.#byPath.get(path);
  }

  /** Whether a message is described, which those with a JSON form of their own are not. */
  describes(name) {
    return name in this.#messages;
  }

  /** @returns {Message} */
  message(name) {
    return { name, ...this.#messages[name] };
  }

  /** @returns {Enum} */
  enum(name) {
    return { name, ...this.#enums[name] };
  }
}

/** Reads the contract and what there is to know of this gateway. */
export async function load() {
  const [contract, gateway] = await Promise.all(["explorer/contract.json", "explorer/gateway.json"].map(async file => {
    const response = await fetch(new URL(file, document.baseURI), { credentials: "omit" });
    if (!response.ok) {
      throw new Error(`${file} was answered with HTTP ${response.status}.`);
    }
    return response.json();
  }));
  return { contract: new Contract(contract), gateway };
}

/** The last part of a full name. */
export function shortName(fullName) {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
