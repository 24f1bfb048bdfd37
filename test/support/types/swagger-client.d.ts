/** The part of swagger-client that the tests use; it comes without types. */
declare module 'swagger-client' {
  interface ClientRequest {
    headers: Record<string, string>;
  }
  interface ClientResponse {
    status: number;
    /** By their names in lower case. */
    headers: Record<string, string>;
    text?: string | Blob;
  }
  const client: {
    execute(call: {
      spec: object;
      operationId: string;
      parameters: Record<string, unknown>;
      requestInterceptor?: (request: ClientRequest) => ClientRequest;
    }): Promise<ClientResponse>;
  };
  export default client;
}
