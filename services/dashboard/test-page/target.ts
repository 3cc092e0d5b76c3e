export type Target = Readonly<{ path: '/ws' | '/ws/chat/'; clientId: string; token: string }>;
