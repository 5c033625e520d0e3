// Errors: wrong use throws or rejects with an IntegrationError; a failed request resolves with {error}.
class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

const notEmulated = (what) => new IntegrationError(`The Stripe emulator does not emulate ${what}.`);
