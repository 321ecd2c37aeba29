/** Imported before any parser is made: each would try to compile itself, which the page's content security policy refuses and reports. */
import { z } from 'zod';

z.config({ jitless: true });
