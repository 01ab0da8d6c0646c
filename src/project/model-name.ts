/** The name of a model, as the owner or a plan writes it. */
import * as z from 'zod';

export const MODEL_NAME_RULE = "a model name such as 'opus', 'sonnet' or a full model id";

/** It becomes an argument of a command line: what starts with '-' would be read as an option there. */
export const modelName = z
  .string()
  .max(200)
  .regex(/^\w[\w.:[\]@/-]*$/, `must be ${MODEL_NAME_RULE}`);
