/** The tables of the graph of the shared memory, as Kysely sees them. */
import type { Generated } from 'kysely';

interface Written {
  author: string;
  /** Null: no run of the supervisor. */
  run_id: string | null;
  written_at: string;
}

export interface GraphTables {
  graph_entities: Written & {
    /** The order; none comes again. */
    id: Generated<number>;
    name: string;
    entity_type: string;
    /** Name and type in lower case, on a line each. */
    folded: string;
  };
  graph_observations: Written & {
    id: Generated<number>;
    entity_id: number;
    /** Of the content, in UTF-8. */
    bytes: number;
    content: string;
    folded: string;
  };
  /** Between names, of which either may be of no entity. */
  graph_relations: Written & {
    id: Generated<number>;
    from_name: string;
    to_name: string;
    relation_type: string;
  };
}
