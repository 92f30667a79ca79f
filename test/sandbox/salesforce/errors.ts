/** The errors of the REST API, with the bodies and statuses that Salesforce gives them. */

/** An answer other than 2xx; for one row of a collection its code and fields alone count. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: string[];

  constructor(status: number, code: string, message: string, fields: string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  body(): unknown {
    const fields = this.fields.length > 0 ? { fields: this.fields } : {};
    return [{ message: this.message, errorCode: this.code, ...fields }];
  }

  row(): unknown {
    return {
      success: false,
      errors: [{ statusCode: this.code, message: this.message, fields: this.fields }],
    };
  }
}

export const invalid = (code: string, message: string, fields: string[] = []): ApiError =>
  new ApiError(400, code, message, fields);

export const notFound = (message = 'The requested resource does not exist'): ApiError =>
  new ApiError(404, 'NOT_FOUND', message);

export const noColumn = (field: string, object: string): ApiError =>
  invalid(
    'INVALID_FIELD',
    `No such column '${field}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

export const noObject = (object: string): ApiError =>
  invalid(
    'INVALID_TYPE',
    `sObject type '${object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
